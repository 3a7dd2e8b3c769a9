import { GunicornServer, programPath } from "@coatcheck/throwaway-servers";
import { contestantOf, type Served } from "../applications/logged-in.ts";
import { moveToServerCore } from "../http/cores.ts";
import { familyOf } from "../http/process-usage.ts";
import { report } from "../report.ts";

export const FLASK = "Flask, no session";
export const FLASK_LOGIN = "Flask, Flask-Login, gunicorn";

/** gthread: the sync worker closes the connection after each answer. */
const SETTINGS = `
workers = 1
worker_class = "gthread"
threads = 4
keepalive = 60
`;

const BARE = `
from flask import Flask
app = Flask(__name__)

@app.post("/login")
def login():
    return "", 204

@app.get("/me")
def me():
    return {"id": "somebody"}
`;

/** The session is in Flask's signed cookie, which no server can end before it expires. */
const WITH_LOGIN = `
from flask import Flask, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
app = Flask(__name__)
app.secret_key = "a secret of thirty-two bytes or more"
logins = LoginManager(app)

class User(UserMixin):
    def __init__(self, id):
        self.id = id

@logins.user_loader
def load_user(id):
    return User(id)

@app.post("/login")
def login():
    login_user(User(request.args["user"]))
    return "", 204

@app.get("/me")
@login_required
def me():
    return {"id": current_user.id}
`;

/** One worker, as every contestant is one process. */
export async function serveFlask(name: string): Promise<Pick<Served, "contestant" | "stop">> {
  report(`starting ${name}`);
  // Each throws, with what to install, where it is missing.
  for (const program of ["gunicorn", "flask/__init__.py", "flask_login/__init__.py"] as const) programPath(program);
  const server = await GunicornServer.start((listenAddress) => ({
    "gunicorn.conf.py": `bind = "${listenAddress}"\nwsgi_app = "service:app"\n${SETTINGS}`,
    "service.py": name === FLASK ? BARE : WITH_LOGIN,
  }));
  moveToServerCore(familyOf([server.processId]));
  const contestant = await contestantOf(name, server.port, [server.processId]);
  return { contestant, stop: () => server.stop() };
}
