// What the registry of activation settings is asked.
#pragma once

#include <functional>

#include "actors/join_server/activation/settings.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::join_server::activation {

/// Errors, as of all that need them as they are: of KeySeal::open.
struct GetSettings {
  ApplicationId application;
  actors::Reply<Settings> reply;
};
/// Creates (argument null) or changes; `change` is pure and runs in the registry.
struct ChangeSettings {
  ApplicationId application;
  std::function<Result<Settings>(const Settings* current)> change;
  actors::Reply<Settings> reply;
};
/// Also of those that can not be read.
struct DeleteSettings {
  ApplicationId application;
  actors::Reply<void> reply;
};

/// INTERNAL: all writes of our predecessor are decided, or ours is.
struct SettingsWritten {
  Status status;
};

}  // namespace ff::join_server::activation
FF_LOCAL_MESSAGE(ff::join_server::activation::GetSettings)
FF_LOCAL_MESSAGE(ff::join_server::activation::ChangeSettings)
FF_LOCAL_MESSAGE(ff::join_server::activation::DeleteSettings)
FF_LOCAL_MESSAGE(ff::join_server::activation::SettingsWritten)
