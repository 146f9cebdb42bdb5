//! The playground as a program: its page and, where there is no window, its worker. One for both, since what they share
//! is half of each.

fn main() {
    if web_sys::window().is_some() {
        vecseal_web::page::start();
    } else {
        vecseal_web::worker::start();
    }
}
