// Reply: how an actor answers someone who is not an actor, or an actor that waits for a commit. The
// asker has a time-out of its own.
#pragma once

#include <functional>

#include "protocol/base/result.hpp"

namespace ff::actors {

/// Called at most once, on any thread; must not block. Never called if the actor ends before it can
/// answer.
template <class T>
using Reply = std::function<void(Result<T>)>;

}  // namespace ff::actors
