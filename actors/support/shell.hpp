// What every actor's shell does the same way: failures end the actor alone, with a reason, quietly
// on stdout.
#pragma once

#include <caf/fwd.hpp>

#include <string_view>

namespace ff::actors {

/// Call first in every actor's behaviour function. A throwing handler ends the actor with the
/// exception as exit reason (its supervisor restarts it); unexpected messages are logged and
/// answered with an error; exit messages end the actor. `kind` must outlive the actor (a literal).
void prepare(caf::scheduled_actor* self, std::string_view kind);

}  // namespace ff::actors
