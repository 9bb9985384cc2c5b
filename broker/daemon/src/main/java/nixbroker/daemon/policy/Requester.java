package nixbroker.daemon.policy;

/**
 * The environment of the person who asks, as pinentry, an SSH agent and messages need it; every
 * part may be empty. Never holds a secret.
 */
public record Requester(
    String tty,
    String term,
    String display,
    String waylandDisplay,
    String xauthority,
    String dbusSessionBusAddress,
    String lcCtype,
    String lcMessages,
    String sshAuthSock) {}
