// Filled in by its view.
export {};
