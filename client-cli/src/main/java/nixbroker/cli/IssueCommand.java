package nixbroker.cli;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import nixbroker.proto.v1.IssueBundleRequest;
import nixbroker.proto.v1.IssueBundleResponse;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl bundle issue`: a ticket file for one machine. */
final class IssueCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Makes a bundle for a minted host and writes its ticket, a secret, to a file (0600).")
        .footer(
            "", "example: nbctl bundle issue ganon --ttl 2h -o /run/media/me/NBENROL/ganon.ticket");
    return spec.addPositional(
            PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .type(String.class)
                .paramLabel("HOST")
                .description("the host, as it was minted")
                .build())
        .addOption(
            Globals.value(
                    "--ttl", "TIME", "how long it can be claimed, e.g. 24h; else as configured")
                .build())
        .addOption(
            Globals.value("-o", "FILE", "the ticket file; else HOST.ticket in this folder")
                .build());
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    String host = parsed.matchedPositionalValue(0, "");
    String ttl = parsed.matchedOptionValue("--ttl", null);
    long seconds = ttl == null ? 0 : Times.parse("--ttl", ttl).toSeconds();
    String named = parsed.matchedOptionValue("-o", null);
    Path file = Path.of(named == null ? fileName(host) : named);
    IssueBundleRequest.Builder request =
        IssueBundleRequest.newBuilder().setHost(host).setTtlSeconds(seconds);
    request.setTree(TreeChoice.name(session));
    // The file comes first: a ticket that cannot be written would be lost.
    try (TicketFile ticket = TicketFile.reserve(file)) {
      session.atEnd(ticket::close);
      IssueBundleResponse answer = session.broker().unary().issueBundle(request.build());
      write(ticket, answer.getTicket());
      show(answer, file, session);
    }
    return Exit.DONE;
  }

  /** A host name the broker would refuse must not become a path of ours. */
  private static String fileName(String host) {
    if (host.isEmpty() || host.indexOf('/') >= 0 || host.startsWith(".")) {
      throw Failure.usage(
          "not a host name: '" + host + "'",
          "1 to 63 characters a-z, 0-9 and '-', a letter or digit first and last");
    }
    return host + ".ticket";
  }

  private static void write(TicketFile ticket, ByteString secret) {
    byte[] bytes = secret.toByteArray();
    try {
      ticket.write(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static void show(IssueBundleResponse answer, Path file, Session session) {
    if (session.json()) {
      JsonObject json = new JsonObject();
      json.addProperty("file", file.toAbsolutePath().toString());
      json.add("bundle", Json.bundle(answer.getBundle()));
      json.addProperty("address", answer.getAddress());
      json.addProperty("host_key", answer.getHostKey());
      session.print(json);
      return;
    }
    long valid = answer.getBundle().getExpiresMs() - answer.getBundle().getIssuedMs();
    Terminal terminal = session.terminal();
    String until = Times.span(Duration.ofMillis(valid));
    terminal.out("ticket    " + file + " (0600), valid " + until + ", one machine");
    terminal.out("broker    " + answer.getAddress() + "  " + Text.shortened(answer.getHostKey()));
    terminal.out("use it    nb-install --ticket " + file);
  }
}
