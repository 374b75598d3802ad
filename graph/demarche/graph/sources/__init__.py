"""One reader per kind of source: a file or folder goes in, records or a SourceError come out."""
