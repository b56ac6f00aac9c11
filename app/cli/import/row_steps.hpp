// The calls for one row of an import, one after the other: state and answer to the next call. Pure;
// who calls is the run (import_run.hpp).
//
// A device that is there already with the same EUIs is completed where a registry lacks it, and
// otherwise left alone: counters of a live device are never set back by feeding a file again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/import/device_row.hpp"
#include "protocol/base/result.hpp"

namespace farfield::v1 {
class ImportedEndDevice;
class ImportedEndDeviceVerdict;
}  // namespace farfield::v1
namespace google::protobuf {
class Message;
}

namespace ff::cli {

enum class Verdict : std::uint8_t {
  created,
  completed,  ///< Was there in part.
  exists,     ///< Was there, nothing was done.
  updated,    ///< Was there, and was set as the row says.
  failed,
};
inline constexpr std::size_t verdict_count = 5;
std::string_view to_string(Verdict verdict) noexcept;
/// Nothing for another text.
std::optional<Verdict> parse_verdict(std::string_view text) noexcept;

class RowSteps {
 public:
  /// `update`: a device that is there is set.
  RowSteps(DeviceRow row, bool update);
  ~RowSteps();
  RowSteps(const RowSteps&) = delete;
  RowSteps& operator=(const RowSteps&) = delete;

  struct Call {
    std::string_view method;
    const google::protobuf::Message& request;
    google::protobuf::Message& answer;
  };
  /// The next call, whose messages live until its answer; nothing when the row is done.
  std::optional<Call> next();
  /// What came of the call that `next` gave.
  void on_answer(Status status);

  /// All calls as one, for a server that takes many devices at once; only before the first call,
  /// while is_done() is false.
  void put(farfield::v1::ImportedEndDevice& device) const;
  /// What came of it; of all devices of the batch when the batch failed.
  void on_verdict(const farfield::v1::ImportedEndDeviceVerdict& verdict);
  void on_batch_failed(Error error) { fail_with(std::move(error)); }
  bool is_done() const noexcept { return step_ == Step::done; }

  Verdict verdict() const noexcept { return verdict_; }
  /// Why the row failed; null if it did not.
  const Error* error() const noexcept { return error_ ? &*error_ : nullptr; }
  const std::string& device_id() const;

 private:
  enum class Step : std::uint8_t {
    create,
    find,
    update,
    probe_join,
    set_join,
    probe_network,
    set_network,
    probe_application,
    set_application,
    undo_application,
    undo_network,
    undo_join,
    undo_identity,
    done,
  };
  struct Messages;

  Call make(Step step);
  void on_created(Status status);
  void on_found(const Status& status);
  void on_probed(const Status& status);
  void on_set(Status status);
  void fail_with(Error error);
  void go_to(Step step);
  bool is_left_out(Step step) const;

  DeviceRow row_;
  bool update_;
  bool is_ours_ = false;        ///< The identity server's record was made by this row.
  bool has_completed_ = false;  ///< Something was missing of a device that was there.
  Step step_ = Step::create;
  Verdict verdict_ = Verdict::failed;
  std::optional<Error> error_;
  std::unique_ptr<Messages> messages_;
};

}  // namespace ff::cli
