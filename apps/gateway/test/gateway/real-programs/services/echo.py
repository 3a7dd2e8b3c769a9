"""A Flask application with a guarded part, behind the two usual ways to live below a prefix."""

from flask import Flask, jsonify, request
from werkzeug.middleware.proxy_fix import ProxyFix

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
app = Flask(__name__)


def answer(acted):
    environ = request.environ
    return jsonify(
        acted=acted,
        path=environ["PATH_INFO"],
        method=request.method,
        host=environ["HTTP_HOST"],
        variables={name: value for name, value in environ.items() if isinstance(value, str)},
    )


for name in ("admin", "tasks"):
    for rule in (f"/{name}/", f"/{name}/<path:rest>"):
        app.add_url_rule(rule, f"{name} {rule}", lambda rest="", name=name: answer(name), methods=METHODS)
for rule in ("/", "/<path:rest>"):
    app.add_url_rule(rule, f"other {rule}", lambda rest="": answer("other"), methods=METHODS)


class BelowPrefix:
    """What applications carry that believe X-Script-Name."""

    def __init__(self, wrapped):
        self.wrapped = wrapped

    def __call__(self, environ, start_response):
        script_name = environ.get("HTTP_X_SCRIPT_NAME", "")
        if script_name:
            environ["SCRIPT_NAME"] = script_name
            if environ["PATH_INFO"].startswith(script_name):
                environ["PATH_INFO"] = environ["PATH_INFO"][len(script_name) :]
        return self.wrapped(environ, start_response)


app.wsgi_app = BelowPrefix(ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1))
