"use strict";

SwaggerUIBundle({
  url: "/openapi.yaml",
  domNode: document.getElementById("api"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  persistAuthorization: false, // a token or a participation code is never kept on this device
  validatorUrl: null, // no request to a third party
  showExtensions: false,
});
