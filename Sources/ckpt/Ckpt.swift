import ArgumentParser
@main struct Ckpt: ParsableCommand { func run() { print("hi") } }
