/// A software YubiKey for development and tests: the PIV applet on a file.
/// May import: card.
/// Never inside a shipped program, and never worth trusting: its keys lie in a plain file.
package nixbroker.softkey;
