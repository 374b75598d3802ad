"""Requests in, calls on the graph, bytes out: the command line, HTTP and the pages."""
