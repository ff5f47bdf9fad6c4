// Programs started with chosen files and no signal blocked or ignored, which `Process` does not promise: it
// hands on what its threads block, and what whoever started the tests ignores.

import Foundation

/// Starts a program; gives its number. Without an environment it has that of the tests.
func spawned(
  _ words: [String], _ environment: [String]? = nil, isSessionLeader: Bool = false,
  files: (inout posix_spawn_file_actions_t) -> Void
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  files(&actions)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  var all = sigset_t()
  sigfillset(&all)
  posix_spawnattr_setsigdefault(&attributes, &all)
  // POSIX_SPAWN_SETSID, which the library hides without extensions.
  let session: Int16 = isSessionLeader ? 0x80 : 0
  let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
  posix_spawnattr_setflags(&attributes, flags | session)
  let arguments = words.map { strdup($0) } + [nil]
  let variables = environment.map { $0.map { strdup($0) } + [nil] } ?? []
  defer { (arguments + variables).forEach { free($0) } }
  var child: pid_t = 0
  let status =
    environment == nil
    ? posix_spawn(&child, words[0], &actions, &attributes, arguments, environ)
    : posix_spawn(&child, words[0], &actions, &attributes, arguments, variables)
  guard status == 0 else { throw CocoaError(.executableLoad) }
  return child
}
