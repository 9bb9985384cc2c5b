package nixbroker.age;

import java.util.List;

/** One recipient stanza; arguments are 1 or more of 0x21..0x7E each, the first is the type. */
public record Stanza(List<String> arguments, byte[] body) {}
