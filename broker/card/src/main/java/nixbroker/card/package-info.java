/// nb-card: one conversation with a PIV card in a process of its own, which then exits.
/// May import: nothing.
/// What a hang, a crash or a leftover copy could harm dies with the process; see docs/nb-card.md.
package nixbroker.card;
