// Shows the description of the API that the page names.
const place = document.getElementById("docs");
SwaggerUIBundle({ url: place.dataset.description, domNode: place, validatorUrl: null });
