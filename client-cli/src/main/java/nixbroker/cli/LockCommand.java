package nixbroker.cli;

import com.google.gson.JsonObject;
import nixbroker.proto.v1.LockRequest;
import nixbroker.proto.v1.LockResponse;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl lock`: seals the broker and wipes the master key. */
final class LockCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description("Seals the broker: the master key is wiped from memory.");
    return spec;
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    LockResponse answer = session.broker().unary().lock(LockRequest.getDefaultInstance());
    if (session.json()) {
      JsonObject json = new JsonObject();
      json.addProperty("was_unlocked", answer.getWasUnlocked());
      session.print(json);
    } else {
      session.terminal().out(answer.getWasUnlocked() ? "locked" : "locked already");
    }
    return Exit.DONE;
  }
}
