package nixbroker.daemon.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import nixbroker.daemon.seal.Seal;

/** {@code GET /health} on the loopback interface. */
public final class HealthPage implements AutoCloseable {
  /** port: TCP, 0 for any free one. */
  public record Settings(int port) {}

  private static final int MOST = 16;

  private final WebServer server;

  private HealthPage(WebServer server) {
    this.server = server;
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @throws IOException the port cannot be had
   */
  public static HealthPage open(Settings settings, Seal seal) throws IOException {
    WebServer server =
        WebServer.builder()
            .address(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))
            .port(settings.port())
            .shutdownHook(false)
            .maxTcpConnections(MOST)
            .maxConcurrentRequests(MOST)
            .routing(
                (HttpRouting.Builder routing) ->
                    routing.get("/health", (_, answer) -> answer(answer, seal)))
            .build();
    server.start();
    // Helidon only logs a port that is taken.
    if (!server.isRunning()) {
      throw new IOException("port " + settings.port() + " of 127.0.0.1 cannot be had");
    }
    return new HealthPage(server);
  }

  private static void answer(ServerResponse answer, Seal seal) {
    boolean sealed =
        switch (seal.state()) {
          case Seal.State.Locked _ -> true;
          case Seal.State.Open _ -> false;
        };
    answer
        .status(Status.OK_200)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send("{\"status\":\"UP\",\"sealed\":" + sealed + "}\n");
  }

  /** The port that is listened on, which matters where the settings say 0. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
