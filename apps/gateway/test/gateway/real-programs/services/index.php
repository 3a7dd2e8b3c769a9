<?php
// A front controller: it finds its path in the two usual ways, and takes either for the way into the guarded part.
$uri = $_SERVER["HTTP_X_ORIGINAL_URL"] ?? $_SERVER["HTTP_X_REWRITE_URL"] ?? $_SERVER["REQUEST_URI"];
$asked = explode("?", $uri, 2)[0];
$script = $_SERVER["SCRIPT_NAME"];
if ($asked === $script || str_starts_with($asked, "$script/")) $asked = substr($asked, strlen($script));
$asked = rawurldecode($asked);
$info = $_SERVER["PATH_INFO"] ?? "";
$acted = "other";
foreach (["admin", "tasks"] as $part) {
  foreach ([$asked, $info] as $path) if ($path === "/$part" || str_starts_with($path, "/$part/")) $acted = $part;
}
// Bytes as the characters of the same numbers: JSON has no bytes.
$text = fn(string $bytes): string => @utf8_encode($bytes);
$variables = [];
foreach ($_SERVER as $name => $value) if (is_string($value)) $variables[$text($name)] = $text($value);
header("Content-Type: application/json");
echo json_encode([
  "acted" => $acted,
  "path" => $text($asked),
  "method" => $_SERVER["REQUEST_METHOD"],
  "host" => $_SERVER["HTTP_HOST"],
  "variables" => $variables,
]);
