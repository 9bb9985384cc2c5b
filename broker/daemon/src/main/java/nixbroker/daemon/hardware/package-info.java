/// Runs one conversation each with nb-card and pinentry, and opens master.age with what they give.
/// May import: age.
/// A PIN and an agreed secret exist here in pages only; whatever crosses a pipe goes through a page.
package nixbroker.daemon.hardware;
