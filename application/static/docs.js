"use strict";

SwaggerUIBundle({
  url: document.getElementById("main").dataset.openapi,
  dom_id: "#swagger-ui",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
