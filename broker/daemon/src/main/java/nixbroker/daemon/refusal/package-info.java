/// The sealed family of expected refusals: a reason, a cause and a remedy each.
/// May import: nothing.
/// Unexpected errors are not refusals; they leave the broker as an incident id only.
package nixbroker.daemon.refusal;
