// PostGraphile over the same database: same login, same role, same workspace setting for row-level
// security as the product sets. Settings are its documentation's for production.
import { createServer } from "node:http";

import { grafserv } from "grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

const { DATABASE_URL, LISTEN_PORT, WORKSPACE, CONNECTIONS } = process.env;

// It calls every primary key `rowId`, which is what a column of the versions is called already.
const names = jsonPgSmartTags({
  version: 1,
  config: { attribute: { "row_versions.row_id": { tags: { name: "thing_id" } } } },
});

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [names],
  // Without it only indexed columns can be conditions, and deleted_at is none.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: Number(CONNECTIONS) },
    }),
  ],
  grafast: {
    explain: false,
    context: () => ({ pgSettings: { role: "smartstack_app", "app.workspace_id": WORKSPACE } }),
  },
  grafserv: { graphiql: false, watch: false },
});

const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(Number(LISTEN_PORT), "127.0.0.1");
