package nixbroker.softkey;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** nb-card as a child process, spoken to as docs/nb-card.md says. */
final class HelperProcess implements AutoCloseable {
  record Frame(char type, byte[] body) {
    int first() {
      return body[0] & 0xff;
    }

    String text(int from) {
      return new String(body, from, body.length - from, StandardCharsets.US_ASCII);
    }
  }

  private final Process process;
  private final DataOutputStream out;
  private final DataInputStream in;

  private HelperProcess(Process process) {
    this.process = process;
    this.out = new DataOutputStream(process.getOutputStream());
    this.in = new DataInputStream(process.getInputStream());
  }

  static HelperProcess start(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().clear();
    return new HelperProcess(builder.start());
  }

  static HelperProcess on(Path key) throws IOException {
    HelperProcess helper = start(SoftNbCard.class, "--software-key", key.toString());
    helper.receive('H');
    helper.send('H', new byte[] {1});
    return helper;
  }

  void send(char type, byte... body) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(3 + body.length);
    out.write(frame.put((byte) type).putShort((short) body.length).put(body).array());
    out.flush();
  }

  Frame receive() throws IOException {
    char type = (char) in.readUnsignedByte();
    return new Frame(type, in.readNBytes(in.readUnsignedShort()));
  }

  Frame receive(char type) throws IOException {
    Frame frame = receive();
    if (frame.type() != type) {
      throw new AssertionError("got " + frame.type() + " " + frame.text(0) + ", wanted " + type);
    }
    return frame;
  }

  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  void hangUp() throws IOException {
    out.close();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  static byte[] enrol(long serial, int slot, String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(5 + text.length)
        .putInt((int) serial)
        .put((byte) slot)
        .put(text)
        .array();
  }

  static byte[] agree(long serial, int slot, byte[] expected33, byte[] point65) {
    return ByteBuffer.allocate(103)
        .putInt((int) serial)
        .put((byte) slot)
        .put(expected33)
        .put(point65)
        .array();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
