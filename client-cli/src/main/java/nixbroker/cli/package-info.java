/// nbctl: the operator's commands, each a request to the broker and a page of text (or one JSON value) for its answer.
/// May import: proto.
/// Only the chosen command's classes are loaded, and everything printed goes through `Terminal`, which lets no control character pass.
package nixbroker.cli;
