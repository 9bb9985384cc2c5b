package nixbroker.daemon.policy;

/**
 * What a method of the contract says about itself.
 *
 * @param method full name, e.g. {@code nixbroker.v1.Operator/Mint}
 */
public record Action(String method, Who who, boolean worksSealed, Presence presence) {
  /** Who may call. */
  public enum Who {
    OPERATOR,
    INSTALLER
  }

  /** Whether the operator must prove to be there before the method has an effect. */
  public enum Presence {
    NONE,
    TOUCH
  }
}
