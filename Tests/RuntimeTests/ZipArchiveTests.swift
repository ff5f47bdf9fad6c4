// Zip archives: members chosen, damage and bombs refused.

import TestSupport
import Testing

@testable import FactorRuntime

@Suite struct ZipArchiveTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func path(_ bytes: [UInt8]) throws -> String {
    try folder.write("p.zip", bytes)
  }

  private func panel(_ bytes: [UInt8], member: String? = nil) throws -> Panel {
    var options = CSVOptions()
    options.member = member
    return try PanelReader.read(path: try path(bytes), options: options).panel
  }

  @Test func theOnlyMemberIsRead() throws {
    #expect(try panel(Self.deflated).count == 3)
    #expect(try panel(Self.stored).count == 1)
    #expect(try PanelReader.header(of: try path(Self.deflated)).columns.map(\.name) == ["x"])
  }

  @Test func oneOfSeveralIsChosen() throws {
    #expect(throws: FileError.severalMembers(names: ["in/a.csv", "b.csv"])) {
      try panel(Self.several)
    }
    #expect(try panel(Self.several, member: "b.csv").names == ["y"])
    #expect(try panel(Self.several, member: "a.csv").names == ["x"])
    #expect(throws: FileError.noSuchMember(name: "c.csv", members: ["in/a.csv", "b.csv"])) {
      try panel(Self.several, member: "c.csv")
    }
  }

  @Test func anArchiveInAnArchiveIsRefused() {
    #expect(throws: FileError.nested) { try panel(Self.nested) }
  }

  @Test func whatWouldGrowTooLargeIsRefusedBeforeItIsUnpacked() throws {
    var bomb = Self.deflated
    // The unpacked size in the list of members, set to almost 4 GB.
    let list = try #require(
      (0..<bomb.count - 4).first { Array(bomb[$0..<$0 + 4]) == [80, 75, 1, 2] })
    for k in 0..<4 { bomb[list + 24 + k] = 0xF0 }
    #expect(throws: FileError.tooLarge(compressed: bomb.count, limit: 1 << 30)) { try panel(bomb) }
  }

  @Test func everyPrefixAndEveryChangedByteIsDataOrAnError() throws {
    for length in stride(from: 0, to: Self.deflated.count, by: 3) {
      #expect(throws: (any Error).self) { try panel(Array(Self.deflated.prefix(length))) }
    }
    let whole = try panel(Self.deflated)
    for place in stride(from: 0, to: Self.deflated.count, by: 2) {
      var changed = Self.deflated
      changed[place] ^= 0x41
      // Names, dates and comments of the archive do not matter; its content is checked.
      if let panel = try? panel(changed) { #expect(panel.isIdentical(to: whole), "byte \(place)") }
    }
  }

  private static let deflated = bytes(
    "504b030414000000080000002150200e43811d0000002e0000000900000070616e656c2e637376cb4cd149492c49d5a9"
      + "e032d431323030d13534d431e53242621b23b101504b0102140314000000080000002150200e43811d0000002e000000"
      + "09000000000000000000000080010000000070616e656c2e637376504b05060000000001000100370000004400000000"
      + "00")
  private static let stored = bytes(
    "504b0304140000000000000021509de4828816000000160000000900000070616e656c2e63737669642c646174652c78"
      + "0a312c323030342d31312c350a504b01021403140000000000000021509de48288160000001600000009000000000000"
      + "000000000080010000000070616e656c2e637376504b05060000000001000100370000003d0000000000")
  private static let several = bytes(
    "504b0304140000000800000021508316dc8c0300000001000000100000005f5f4d41434f53582f2e5f612e637376ab00"
      + "00504b03041400000008000000215000000000020000000000000003000000696e2f0300504b03041400000008000000"
      + "21509de48288180000001600000008000000696e2f612e637376cb4cd149492c49d5a9e032d431323030d13534d431e5"
      + "0200504b0304140000000800000021502856a03e180000001600000005000000622e637376cb4cd149492c49d5a9e432"
      + "d431323030d13534d431e30200504b01021403140000000800000021508316dc8c030000000100000010000000000000"
      + "00000000008001000000005f5f4d41434f53582f2e5f612e637376504b01021403140000000800000021500000000002"
      + "00000000000000030000000000000000000000800131000000696e2f504b01021403140000000800000021509de48288"
      + "1800000016000000080000000000000000000000800154000000696e2f612e637376504b010214031400000008000000"
      + "21502856a03e1800000016000000050000000000000000000000800192000000622e637376504b050600000000040004"
      + "00d8000000cd0000000000")
  private static let nested = bytes(
    "504b0304140000000000000021508f8e8d5991000000910000000900000070616e656c2e7a6970504b03041400000008"
      + "0000002150200e43811d0000002e0000000900000070616e656c2e637376cb4cd149492c49d5a9e032d431323030d135"
      + "34d431e53242621b23b101504b0102140314000000080000002150200e43811d0000002e000000090000000000000000"
      + "00000080010000000070616e656c2e637376504b0506000000000100010037000000440000000000504b010214031400"
      + "00000000000021508f8e8d59910000009100000009000000000000000000000080010000000070616e656c2e7a697050"
      + "4b0506000000000100010037000000b80000000000")

  private static func bytes(_ digits: String) -> [UInt8] {
    let values = digits.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
