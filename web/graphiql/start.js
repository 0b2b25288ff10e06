// Starts GraphiQL for who is signed in: with the app's own session, in the workspace the app looks at.
(() => {
  /** An access token lives ten minutes; what is asked for with it should find most of that left. */
  const FRESH_MILLIS = 4 * 60_000;
  const HEADERS = { "content-type": "application/json", "Smartstack-Client": "graphiql" };
  const VIEWER = "query Viewer { viewer { workspaces { workspace { id name projects(first: 1) { nodes { id } } } } } }";

  let renewedAt = 0;
  /** The renewal under way: refresh tokens are single-use, so all who need one share it. */
  let renewal = null;

  /** Renews the session; false when it is over. Throws where nobody can say. */
  const renew = () => {
    const ask = async () => {
      const { ok, status } = await fetch("/api/v1/auth/refresh", { method: "POST", headers: HEADERS, body: "{}" });
      if (!ok && (status < 400 || status > 403)) throw new Error("The session could not be renewed. Try again.");
      if (ok) renewedAt = Date.now();
      return ok;
    };
    renewal ??= ask().finally(() => {
      renewal = null;
    });
    return renewal;
  };
  const renewIfOld = async () => Date.now() - renewedAt < FRESH_MILLIS || (await renew());

  /** To sign in, and back. The page is about to go: nothing more is to be said on it. */
  const leave = () => {
    location.replace(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
    return new Promise(() => {});
  };

  /** Sends with the session; one that is over leads to sign in. */
  const send = async (url, options) => {
    if (!(await renewIfOld())) return leave();
    return fetch(url, { ...options, headers: { ...options.headers, ...HEADERS } });
  };

  const viewer = async () => {
    const answer = await fetch("/graphql", { method: "POST", headers: HEADERS, body: JSON.stringify({ query: VIEWER }) });
    const { data, errors } = await answer.json();
    // An installation may answer to its own app's documents alone.
    if (!data) throw new Error(errors?.[0]?.message);
    return data.viewer;
  };

  /** Kept for this tab alone: the next person at this browser finds nobody's queries. */
  const storage = {
    getItem: (name) => sessionStorage.getItem(name),
    setItem: (name, value) => sessionStorage.setItem(name, value),
    removeItem: (name) => sessionStorage.removeItem(name),
    clear: () => sessionStorage.clear(),
    get length() {
      return sessionStorage.length;
    },
  };

  /** What to begin with: one tab each. */
  const examples = (workspace) => {
    const variables = (of) => JSON.stringify(of, null, 2);
    const project = workspace?.projects.nodes[0]?.id ?? "project_…";
    return [
      {
        query: `# The tasks that are open. Ctrl Enter runs it.
query OpenTasks($workspace: ID!) {
  workspace(id: $workspace) {
    name
    tasks(first: 20, filter: { open: true }) {
      nodes { id title status dueDate project { name client { name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
        variables: variables({ workspace: workspace?.id ?? "ws_…" }),
      },
      {
        query: `# Makes a task. What it refuses stands in userErrors.
mutation MakeTask($input: TaskCreateInput!) {
  taskCreate(input: $input) {
    task { id title }
    userErrors { code field message }
  }
}
`,
        variables: variables({ input: { projectId: project, title: "Send the first draft" } }),
      },
      {
        query: `# What changes in the workspace, as it happens. Run it, then change something in another tab.
subscription Changes($workspace: ID!) {
  changes(workspaceId: $workspace) {
    kind operation id at actor { name }
  }
}
`,
        variables: variables({ workspace: workspace?.id ?? "ws_…" }),
      },
    ];
  };

  const theme = () => {
    const chosen = document.documentElement.dataset.theme;
    if (chosen) return chosen;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  };

  /** GraphiQL takes the first tab's variables from where it keeps the last ones. */
  const begin = (tabs) => {
    if (storage.getItem("graphiql:tabState") === null) storage.setItem("graphiql:variables", tabs[0].variables);
    return tabs;
  };

  const show = (person) => {
    const all = person.workspaces.map(({ workspace }) => workspace);
    let chosen = null;
    try {
      chosen = sessionStorage.getItem("smartstack.workspace") ?? localStorage.getItem("smartstack.workspace");
    } catch {
      // Storage is refused: the first one.
    }
    const present = all.find(({ id }) => id === chosen) ?? all[0];
    const select = document.getElementById("workspace");
    select.replaceChildren(...all.map(({ id, name }) => new Option(name, id, false, id === present?.id)));
    select.disabled = all.length < 2;
    select.addEventListener("change", () => {
      sessionStorage.setItem("smartstack.workspace", select.value);
      for (const name of Object.keys(sessionStorage)) {
        if (name.startsWith("graphiql:")) sessionStorage.removeItem(name);
      }
      location.reload();
    });
    const socket = new URL("/graphql/ws", location.href);
    socket.protocol = socket.protocol.replace("http", "ws");
    const fetcher = GraphiQL.createFetcher({
      url: "/graphql",
      fetch: send,
      wsClient: graphqlWs.createClient({ url: async () => ((await renewIfOld()) ? socket.href : leave()) }),
    });
    /**
     * For a moment after another tab was chosen, GraphiQL has not read its document yet, and hands over name and kind
     * of the one before: then both are told by the text.
     */
    const ask = (params, options) => {
      const { operationName: name, ...rest } = params;
      if (!name || new RegExp(`\\b${name}\\b`).test(params.query)) return fetcher(params, options);
      const [, operation = "query"] = /^(?:\s*#.*\n)*\s*(query|mutation|subscription)\b/.exec(params.query) ?? [];
      const definition = { kind: "OperationDefinition", operation, selectionSet: { kind: "SelectionSet", selections: [] } };
      return fetcher(rest, { ...options, documentAST: { kind: "Document", definitions: [definition] } });
    };
    const root = ReactDOM.createRoot(document.getElementById("graphiql"));
    root.render(
      React.createElement(GraphiQL, {
        fetcher: ask,
        storage,
        defaultTabs: begin(examples(present)),
        defaultEditorToolsVisibility: "variables",
        forcedTheme: theme(),
        // Cookies say who asks.
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
      }),
    );
  };

  const start = async () => {
    // Nobody may also mean that only the short-lived access token has run out.
    const person = (await viewer()) ?? ((await renew()) ? await viewer() : null);
    return person ? show(person) : leave();
  };
  start().catch((error) => {
    // A TypeError is the browser's: nobody answered.
    const said = error instanceof TypeError ? "" : error.message;
    const status = document.createElement("p");
    status.role = "alert";
    status.textContent = said || "The server cannot be reached. Reload the page to try again.";
    document.getElementById("graphiql").replaceChildren(status);
  });
})();
