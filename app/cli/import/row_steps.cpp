#include "app/cli/import/row_steps.hpp"

#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <array>

#include "app/cli/device/device_calls.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/device/paths.hpp"
#include "app/cli/error/server_error.hpp"
#include "farfield/v1/end_device_import.pb.h"
#include "protocol/base/temporary.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr std::array<std::string_view, verdict_count> verdict_names = {
    "created", "completed", "exists", "updated", "failed"};

bool has_euis(const pb::EndDeviceIdentifiers& ids) {
  return !ids.dev_eui().empty() && !ids.join_eui().empty();
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  return verdict_names[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> parse_verdict(std::string_view text) noexcept {
  const auto found = std::ranges::find(verdict_names, text);
  if (found == verdict_names.end()) return std::nullopt;
  return static_cast<Verdict>(found - verdict_names.begin());
}

struct RowSteps::Messages {
  SplitPaths split;
  pb::CreateEndDeviceRequest create;
  pb::UpdateEndDeviceRequest update;
  pb::GetEndDeviceRequest get;
  pb::SetEndDeviceRequest set;
  pb::EndDevice answer;
  google::protobuf::Empty empty;

  const std::vector<std::string>& paths(Registry registry) const {
    return split[static_cast<std::size_t>(registry)];
  }
};

RowSteps::RowSteps(DeviceRow row, bool update)
    : row_(std::move(row)), update_(update), messages_(std::make_unique<Messages>()) {
  messages_->split = split_writable(row_.paths);
  row_.device->mutable_ids()->clear_dev_addr();
  const bool joins = row_.device->supports_join() && !messages_->paths(Registry::join).empty();
  if (row_.device->ids().device_id().empty()) {
    fail_with(Error(no_end_device_id));
  } else if (joins && !has_euis(row_.device->ids())) {
    fail_with(Error(no_end_device_eui));
  }
}

RowSteps::~RowSteps() = default;

const std::string& RowSteps::device_id() const {
  return row_.device->ids().device_id();
}

/// A device that does not join has nothing on a join server.
bool RowSteps::is_left_out(Step step) const {
  const bool is_of_join =
      step == Step::probe_join || step == Step::set_join || step == Step::undo_join;
  return is_of_join && (!row_.device->supports_join() || messages_->paths(Registry::join).empty());
}

void RowSteps::go_to(Step step) {
  while (is_left_out(step)) {
    // Behind the probe comes its setting, which is left out, too.
    step = static_cast<Step>(static_cast<std::uint8_t>(step) + 1);
    if (step == Step::probe_network && (is_ours_ || update_)) step = Step::set_network;
  }
  step_ = step;
}

void RowSteps::fail_with(Error error) {
  verdict_ = Verdict::failed;
  if (!error_) error_ = std::move(error);
  step_ = Step::done;
}

std::optional<RowSteps::Call> RowSteps::next() {
  if (step_ == Step::done) return std::nullopt;
  return make(step_);
}

void RowSteps::put(farfield::v1::ImportedEndDevice& device) const {
  const auto& m = *messages_;
  const auto& row = *row_.device;
  *device.mutable_identity_server() = creation_of(row, m.paths(Registry::identity));
  if (!is_left_out(Step::set_join))
    *device.mutable_join_server() = setting_of(row, m.paths(Registry::join));
  *device.mutable_network_server() = setting_of(row, m.paths(Registry::network));
  *device.mutable_application_server() = setting_of(row, m.paths(Registry::application));
}

void RowSteps::on_verdict(const farfield::v1::ImportedEndDeviceVerdict& verdict) {
  using farfield::v1::ImportedEndDeviceVerdict;
  switch (verdict.verdict()) {
    case ImportedEndDeviceVerdict::CREATED:
      verdict_ = Verdict::created;
      break;
    case ImportedEndDeviceVerdict::COMPLETED:
      verdict_ = Verdict::completed;
      break;
    case ImportedEndDeviceVerdict::EXISTS:
      verdict_ = Verdict::exists;
      break;
    default:
      return fail_with(error_of(verdict.error()));
  }
  step_ = Step::done;
}

RowSteps::Call RowSteps::make(Step step) {
  auto& m = *messages_;
  const auto& device = *row_.device;
  const auto set = [&](std::string_view method, Registry registry) {
    m.set = setting_of(device, m.paths(registry));
    return Call{method, m.set, m.answer};
  };
  const auto get = [&](std::string_view method) {
    *m.get.mutable_end_device_ids() = device.ids();
    m.get.mutable_field_mask()->Clear();
    m.get.mutable_field_mask()->add_paths("ids");
    return Call{method, m.get, m.answer};
  };
  m.answer.Clear();
  switch (step) {
    case Step::create:
      m.create = creation_of(device, m.paths(Registry::identity));
      return {"EndDeviceRegistry/Create", m.create, m.answer};
    case Step::find:
      return get("EndDeviceRegistry/Get");
    case Step::update:
      m.set = setting_of(device, m.paths(Registry::identity));
      *m.update.mutable_end_device() = m.set.end_device();
      *m.update.mutable_field_mask() = m.set.field_mask();
      return {"EndDeviceRegistry/Update", m.update, m.answer};
    case Step::probe_join:
      return get("JsEndDeviceRegistry/Get");
    case Step::set_join:
      return set("JsEndDeviceRegistry/Set", Registry::join);
    case Step::probe_network:
      return get("NsEndDeviceRegistry/Get");
    case Step::set_network:
      return set("NsEndDeviceRegistry/Set", Registry::network);
    case Step::probe_application:
      return get("AsEndDeviceRegistry/Get");
    case Step::set_application:
      return set("AsEndDeviceRegistry/Set", Registry::application);
    case Step::undo_application:
      return {"AsEndDeviceRegistry/Delete", device.ids(), m.empty};
    case Step::undo_network:
      return {"NsEndDeviceRegistry/Delete", device.ids(), m.empty};
    case Step::undo_join:
      return {"JsEndDeviceRegistry/Delete", device.ids(), m.empty};
    case Step::undo_identity:
    case Step::done:
      break;
  }
  return {"EndDeviceRegistry/Delete", device.ids(), m.empty};
}

void RowSteps::on_created(Status status) {
  if (status) {
    is_ours_ = true;
    return go_to(Step::set_join);
  }
  if (status.error().code() != Code::already_exists) return fail_with(status.error());
  // Kept for the case that another device has the EUIs.
  error_ = std::move(status).error();
  go_to(Step::find);
}

void RowSteps::on_found(const Status& status) {
  const auto& present = messages_->answer.ids();
  const auto& ids = row_.device->ids();
  const bool is_same = status && present.dev_eui() == ids.dev_eui() &&
                       (ids.join_eui().empty() || present.join_eui() == ids.join_eui());
  if (!is_same) {
    const bool is_another = status || status.error().code() == Code::not_found;
    if (!is_another) error_ = status.error();
    return fail_with(*error_);
  }
  error_.reset();
  go_to(update_ ? Step::update : Step::probe_join);
}

/// What a registry lacks is set there.
void RowSteps::on_probed(const Status& status) {
  const auto step = static_cast<std::uint8_t>(step_);
  if (!status) {
    if (status.error().code() != Code::not_found) return fail_with(status.error());
    has_completed_ = true;
    return go_to(static_cast<Step>(step + 1));
  }
  const auto following = static_cast<Step>(step + 2);
  if (following != Step::undo_application) return go_to(following);
  verdict_ = has_completed_ ? Verdict::completed : Verdict::exists;
  step_ = Step::done;
}

void RowSteps::on_set(Status status) {
  if (!status) {
    auto error = std::move(status).error();
    // After a temporary failure the row is tried again as it is.
    if (!is_ours_ || is_temporary(error)) return fail_with(std::move(error));
    // The join server has another device of these EUIs, which is not ours to delete.
    const bool keeps_join = step_ == Step::set_join && error.code() == Code::already_exists;
    error_ = std::move(error);
    return go_to(step_ == Step::set_join ? (keeps_join ? Step::undo_identity : Step::undo_join)
                                         : Step::undo_application);
  }
  const bool probes = !is_ours_ && !update_;
  switch (step_) {
    case Step::update:
      return go_to(Step::set_join);
    case Step::set_join:
      return go_to(probes ? Step::probe_network : Step::set_network);
    case Step::set_network:
      return go_to(probes ? Step::probe_application : Step::set_application);
    default:
      break;
  }
  verdict_ = is_ours_ ? Verdict::created : update_ ? Verdict::updated : Verdict::completed;
  step_ = Step::done;
}

void RowSteps::on_answer(Status status) {
  switch (step_) {
    case Step::create:
      return on_created(std::move(status));
    case Step::find:
      return on_found(status);
    case Step::probe_join:
    case Step::probe_network:
    case Step::probe_application:
      return on_probed(status);
    case Step::update:
    case Step::set_join:
    case Step::set_network:
    case Step::set_application:
      return on_set(std::move(status));
    case Step::undo_application:
      return go_to(Step::undo_network);
    case Step::undo_network:
      return go_to(Step::undo_join);
    case Step::undo_join:
      return go_to(Step::undo_identity);
    case Step::undo_identity:
    case Step::done:
      step_ = Step::done;
  }
}

}  // namespace ff::cli
