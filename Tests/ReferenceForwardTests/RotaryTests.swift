import CheckpointKit
import Testing

@testable import ReferenceForward

@Suite struct RotaryTests {
  @Test("every role of the forward pass is one of the list")
  func roles() {
    #expect(Role.embed.name == "embed")
  }
}
