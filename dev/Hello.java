/** The least a Java program can do: the floor under every command of ours. */
final class Hello {
  public static void main(String[] arguments) {
    System.out.println("hello");
  }
}
