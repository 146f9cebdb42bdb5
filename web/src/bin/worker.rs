//! The worker's program; [`vecseal_web::worker`] is what it does.

fn main() {
    vecseal_web::worker::start();
}
