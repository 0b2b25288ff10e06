import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a model does with a question. */
export type Said = "answers" | "throttles" | "breaks off" | "talks nonsense";

/**
 * A model behind OpenAI's chat completions, on a free port of loopback. Each question is answered the way
 * `decide` says.
 */
export class Model {
  /** How many questions came. */
  asked = 0;

  private constructor(private readonly server: Server, readonly url: string) {}

  static async start(item: object, decide: () => Said): Promise<Model> {
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const model = new Model(server, `http://127.0.0.1:${port}/v1`);

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      for await (const _ of request);
      model.asked += 1;
      switch (decide()) {
        case "throttles":
          response.writeHead(429, { "content-type": "application/json" });
          response.end(JSON.stringify({ error: { message: "slow down" } }));
          return;
        case "breaks off":
          response.writeHead(200, { "content-type": "application/json", "content-length": "4096" });
          response.write('{"choices":[{"message":');
          // The head has to be on its way before the connection goes.
          setImmediate(() => response.destroy());
          return;
        case "talks nonsense":
          completion(response, "I would rather talk about the weather.");
          return;
        case "answers":
          completion(response, JSON.stringify({ language: "en", items: [item] }));
      }
    }
    return model;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

function completion(response: ServerResponse, content: string): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({
    choices: [{ finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 900, completion_tokens: 90 },
  }));
}
