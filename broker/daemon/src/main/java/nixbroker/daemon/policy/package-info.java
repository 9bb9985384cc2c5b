/// Names that were checked, who calls, and what a caller may do: pure functions.
/// May import: refusal.
/// What is not one of these types was not checked; raw names live only in rpc.
package nixbroker.daemon.policy;
