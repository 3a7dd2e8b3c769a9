// A CGI program with a guarded part: it acts by PATH_INFO. In C, because an interpreter takes longer to start than a
// request takes, and CGI starts it for each.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static void text(const char *bytes, size_t length) {
  for (size_t at = 0; at < length; at++) {
    unsigned char byte = bytes[at];
    if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\') printf("\\u%04x", byte);
    else putchar(byte);
  }
}

static void member(const char *name, const char *value) {
  printf("\"%s\":\"", name);
  text(value, strlen(value));
  printf("\",");
}

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static size_t name_length(const char *entry) { return strcspn(entry, "="); }

static int have_one_name(const char *one, const char *other) {
  return name_length(one) == name_length(other) && strncmp(one, other, name_length(one)) == 0;
}

static int is_below(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

// As they came: a name may be there twice, and programs differ in which of the two they see.
static void variables(void) {
  const char *between = "";
  for (char **entry = environ; *entry != NULL; entry++) {
    char **first = environ;
    while (!have_one_name(*first, *entry)) first++;
    if (first != entry) continue;
    printf("%s\"", between);
    text(*entry, name_length(*entry));
    printf("\":\"");
    for (char **each = entry; *each != NULL; each++) {
      if (!have_one_name(*each, *entry)) continue;
      if (each != entry) printf(", ");
      const char *value = *each + name_length(*each) + ((*each)[name_length(*each)] == '=');
      text(value, strlen(value));
    }
    printf("\"");
    between = ",";
  }
}

int main(void) {
  const char *path = variable("PATH_INFO");
  printf("Content-Type: application/json\r\n\r\n{");
  member("acted", is_below(path, "/admin") ? "admin" : is_below(path, "/tasks") ? "tasks" : "other");
  member("path", path);
  member("method", variable("REQUEST_METHOD"));
  member("host", variable("HTTP_HOST"));
  printf("\"variables\":{");
  variables();
  printf("}}");
  return 0;
}
