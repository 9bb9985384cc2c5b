//! ssh-to-age [-private-key] [-i FILE]: the age recipient (or identity) of an OpenSSH Ed25519 key, as the program of the
//! same name prints it. Reads standard input without -i.
use ssh_to_age::convert::{ssh_private_key_to_age, ssh_public_key_to_age};
use std::io::Read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let private = arguments.iter().any(|a| a == "-private-key");
    let mut text = String::new();
    match arguments.iter().position(|a| a == "-i").and_then(|i| arguments.get(i + 1)) {
        Some(file) => text = std::fs::read_to_string(file)?,
        None => drop(std::io::stdin().read_to_string(&mut text)?),
    }
    if private {
        println!("{}", ssh_private_key_to_age(text.as_bytes())?.secret);
    } else {
        println!("{}", ssh_public_key_to_age(text.trim())?);
    }
    Ok(())
}
