// The worker's loop: calls from the server in, answers out, one at a time.
#pragma once

#include "app/codec/engine.hpp"

namespace ff::codec {

/// Why a worker has ended, as the exit status of its process.
enum class Exit : int {
  closed = 0,   ///< The server has closed the socket.
  retired = 1,  ///< After a call that used too much memory.
  broken = 2,   ///< What came is no call, or nothing can be written.
};

/// Until the server closes the socket, or the engine is not to be used again.
Exit serve(Engine& engine, int fd);

}  // namespace ff::codec
