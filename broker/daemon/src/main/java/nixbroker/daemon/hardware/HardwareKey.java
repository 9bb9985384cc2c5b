package nixbroker.daemon.hardware;

/**
 * A hardware key as nb-card describes it; slot is the PIV slot id (0x82…0x95); software: NOT A REAL
 * KEY.
 */
public record HardwareKey(String name, long serial, int slot, boolean software) {
  /** "YubiKey 15432198". */
  public String shown() {
    return name + " " + serial;
  }
}
