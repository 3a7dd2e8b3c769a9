// For njs: what a location of nginx would act on. Each says by $acted which one it is.
function answer(request) {
  const variables = {};
  request.rawHeadersIn.forEach((header) => {
    const variable = `http_${header[0].toLowerCase().replace(/-/g, "_")}`;
    variables[variable] = request.variables[variable] || "";
  });
  let path = "";
  request.rawVariables.uri.forEach((byte) => {
    path += String.fromCharCode(byte);
  });
  request.headersOut["Content-Type"] = "application/json";
  request.return(
    200,
    JSON.stringify({
      acted: request.variables.acted,
      path,
      method: request.method,
      host: request.variables.http_host,
      variables,
    }),
  );
}

export default { answer };
