#include "actors/device_repository/actor.hpp"

#include <array>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <optional>
#include <string>

#include "actors/device_repository/look_up.hpp"
#include "actors/support/shell.hpp"

namespace ff::device_repository {
namespace {

/// Who uses which script: brand, model, firmware, band, function, application.
using ScriptUse = std::array<std::string, 6>;
using Script = Result<formatter::Formatter>;

struct Shell {
  static inline const char* name = "device_repository";
  RepositoryConfig config;
  std::optional<Catalogue> catalogue;
  std::size_t brands = 0;
  std::size_t models = 0;
  std::map<ScriptUse, Script> scripts;
};
using Pointer = RepositoryHandle::stateful_pointer<Shell>;

Result<RepositoryView> view_of(Shell& state) {
  if (!state.catalogue) {
    FF_TRY(auto catalogue, read_catalogue(*state.config.store));
    state.brands = catalogue.brands({}).total;
    state.models = catalogue.models({}).total;
    state.catalogue = std::move(catalogue);
  }
  return RepositoryView{*state.catalogue, *state.config.store};
}

CodecFunction function_of(formatter::Function function) {
  switch (function) {
    case formatter::Function::decode_uplink:
      return CodecFunction::decode_uplink;
    case formatter::Function::encode_downlink:
      return CodecFunction::encode_downlink;
    case formatter::Function::decode_downlink:
      return CodecFunction::decode_downlink;
  }
  return CodecFunction::decode_uplink;
}

Script script_of(Shell& state, const FindRepositoryScript& ask) {
  FF_TRY(const auto view, view_of(state));
  FF_TRY(auto found, find_script(view, ask.product, function_of(ask.function)));
  return formatter::make_formatter(formatter::Kind::javascript, std::move(found.script),
                                   ask.application_id);
}

void find(Shell& state, const FindRepositoryScript& ask) {
  const auto& product = ask.product;
  const ScriptUse use{product.brand_id,
                      product.model_id,
                      product.firmware_version,
                      product.band_id,
                      std::to_string(static_cast<int>(ask.function)),
                      ask.application_id.text()};
  auto found = state.scripts.find(use);
  if (found == state.scripts.end()) {
    // All of them are cheap to find again.
    if (state.scripts.size() >= state.config.scripts_max) state.scripts.clear();
    found = state.scripts.emplace(use, script_of(state, ask)).first;
  }
  ask.reply(found->second);
}

RepositoryHandle::behavior_type repository(Pointer self, const RepositoryConfig& config) {
  actors::prepare(self, Shell::name);
  self->state.config = config;
  return {
      [self](const LookUpRepository& ask) { ask.look_up(view_of(self->state)); },
      [self](const FindRepositoryScript& ask) { find(self->state, ask); },
      [self](const RepositoryChanged&) {
        self->state.catalogue.reset();
        self->state.scripts.clear();
      },
      [self](const InspectRepository& ask) {
        const auto& state = self->state;
        ask.reply(RepositorySnapshot{state.catalogue.has_value(), state.brands, state.models,
                                     state.scripts.size()});
      },
  };
}

}  // namespace

RepositoryHandle spawn_repository(caf::actor_system& system, const RepositoryConfig& config) {
  if (config.own_thread) return system.spawn<caf::detached>(repository, config);
  return system.spawn(repository, config);
}

}  // namespace ff::device_repository
