#include "app/cli/import/import_run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "app/cli/session/clock.hpp"
#include "farfield/v1/end_device_import.pb.h"
#include "protocol/base/temporary.hpp"

namespace ff::cli {
namespace {

constexpr std::chrono::milliseconds report_interval{200};
constexpr std::chrono::milliseconds first_pause{200};

constexpr ErrorDef no_verdict{"cli", "no_verdict", Code::internal,
                              "the server has given no verdict"};

/// One row under way. Its calls come one after the other, each from the thread of the last answer.
struct UnderWay {
  std::size_t number = 0;
  DeviceRow row;  ///< For another attempt.
  std::unique_ptr<RowSteps> steps;
  int attempts = 0;
};

/// Rows that are done, from the threads of answers to the one that runs the import.
class Finished {
 public:
  void put(std::shared_ptr<UnderWay> row) {
    const std::scoped_lock lock(mutex_);
    rows_.push_back(std::move(row));
    changed_.notify_one();
  }
  /// All there are; waits for one if `wait`, at most for a while.
  std::deque<std::shared_ptr<UnderWay>> take(bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) changed_.wait_for(lock, report_interval, [this] { return !rows_.empty(); });
    return std::exchange(rows_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<UnderWay>> rows_;
};

/// Rows that go in one call.
struct RowBatch {
  std::vector<std::shared_ptr<UnderWay>> rows;
  farfield::v1::ImportEndDevicesRequest request;
  farfield::v1::ImportEndDevicesResponse answer;
  std::size_t bytes = 0;
};

class Import {
 public:
  Import(Api& api, Cancel& cancel, RowSource& source, Report& report, const ImportOptions& options)
      : api_(api),
        cancel_(cancel),
        source_(source),
        report_(report),
        options_(options),
        has_batches_(options.batch_size > 1 && !options.update) {}

  Result<ImportProgress> run() {
    Status status;
    while (!is_at_end_ || under_way_ > 0 || !again_.empty()) {
      if (cancel_.is_canceled() && !is_canceled_) begin_end();
      if (!is_at_end_ || !again_.empty()) {
        const auto fed = feed();
        if (!fed) {
          status = fed;
          begin_end();
        }
        send();
      }
      collect();
      const auto told = tell(false);
      if (!told) return fail(told.error());
    }
    FF_CHECK(tell(true));
    if (!status) return fail(status.error());
    if (cancel_.is_canceled()) return fail(canceled);
    return progress_;
  }

 private:
  /// Nothing new is begun; what is under way is finished.
  void begin_end() {
    is_canceled_ = true;
    is_at_end_ = true;
    again_.clear();
    api_.begin_clean_up();
  }

  std::size_t concurrency() const {
    return has_batches_ ? options_.batch_concurrency : options_.concurrency;
  }

  Status feed() {
    while (under_way_ < concurrency()) {
      if (!again_.empty() && mono_now() >= resume_at_) {
        auto row = std::move(again_.front());
        again_.pop_front();
        begin(row);
        continue;
      }
      // While the server has too much, it gets nothing new.
      if (is_at_end_ || !again_.empty()) return {};
      FF_TRY(auto row, source_.next());
      progress_.offset = source_.offset();
      if (!row) {
        is_at_end_ = true;
        return {};
      }
      take(*std::move(row));
    }
    return {};
  }

  void take(SourceRow row) {
    ++progress_.rows;
    const auto earlier = report_.verdicts().of(row.number);
    if (earlier && *earlier != Verdict::failed) {
      ++progress_.skipped;
      return;
    }
    if (!row.device) {
      ++progress_.handled;
      report_.put(row.number, "", Verdict::failed, &row.device.error());
      return;
    }
    auto one = std::make_shared<UnderWay>();
    one->number = row.number;
    one->row = *std::move(row.device);
    if (options_.complete) options_.complete(one->row);
    begin(one);
  }

  void begin(const std::shared_ptr<UnderWay>& one) {
    ++under_way_;
    ++one->attempts;
    one->steps = std::make_unique<RowSteps>(one->row, options_.update);
    if (has_batches_ && !one->steps->is_done()) return gather(one);
    advance(one);
  }

  void gather(const std::shared_ptr<UnderWay>& one) {
    farfield::v1::ImportedEndDevice device;
    one->steps->put(device);
    const auto bytes = device.ByteSizeLong();
    if (batch_ && batch_->bytes + bytes > batch_bytes_max) send();
    if (!batch_) {
      batch_ = std::make_shared<RowBatch>();
      const auto& ids = device.identity_server().end_device().ids();
      *batch_->request.mutable_application_ids() = ids.application_ids();
    }
    batch_->request.add_devices()->Swap(&device);
    batch_->rows.push_back(one);
    batch_->bytes += bytes;
    if (batch_->rows.size() >= std::min(options_.batch_size, batch_size_max)) send();
  }

  /// The rows that were gathered go to the server.
  void send() {
    const auto batch = std::exchange(batch_, nullptr);
    if (!batch) return;
    api_.start("farfield.v1.EndDeviceImport/Import", batch->request, batch->answer,
               [this, batch](const Status& status) { on_batch(*batch, status); });
  }

  /// Any thread.
  void on_batch(const RowBatch& batch, const Status& status) {
    if (!status && status.error().code() == Code::unimplemented) {
      // Another server: each row by itself, from now on.
      has_batches_ = false;
      for (const auto& one : batch.rows) advance(one);
      return;
    }
    const auto verdicts = static_cast<std::size_t>(batch.answer.verdicts_size());
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      auto& steps = *batch.rows[i]->steps;
      if (!status) {
        steps.on_batch_failed(status.error());
      } else if (i >= verdicts) {
        steps.on_batch_failed(Error(no_verdict));
      } else {
        steps.on_verdict(batch.answer.verdicts(static_cast<int>(i)));
      }
      finished_.put(batch.rows[i]);
    }
  }

  /// The next call of the row, or its end. Any thread.
  void advance(const std::shared_ptr<UnderWay>& one) {
    const auto call = one->steps->next();
    if (!call) return finished_.put(one);
    api_.start(call->method, call->request, call->answer, [this, one](Status status) {
      one->steps->on_answer(std::move(status));
      advance(one);
    });
  }

  void collect() {
    const bool is_full = under_way_ >= concurrency();
    const bool waits = under_way_ > 0 ? is_full || is_at_end_ || !again_.empty() : !again_.empty();
    for (auto& one : finished_.take(waits)) {
      --under_way_;
      const auto& steps = *one->steps;
      const bool again = steps.error() != nullptr && is_temporary(*steps.error()) &&
                         one->attempts < row_attempts_max && !is_canceled_;
      if (again) {
        resume_at_ = mono_now() + first_pause * (1 << one->attempts);
        again_.push_back(std::move(one));
        continue;
      }
      ++progress_.handled;
      report_.put(one->number, steps.device_id(), steps.verdict(), steps.error());
    }
  }

  Status tell(bool at_end) {
    const auto now = mono_now();
    if (!at_end && now < next_tell_) return {};
    next_tell_ = now + report_interval;
    if (options_.on_progress) options_.on_progress(progress_);
    return report_.flush();
  }

  Api& api_;
  Cancel& cancel_;
  RowSource& source_;
  Report& report_;
  const ImportOptions& options_;
  std::atomic<bool> has_batches_;
  std::shared_ptr<RowBatch> batch_;  // being gathered; null: none
  Finished finished_;
  std::deque<std::shared_ptr<UnderWay>> again_;
  ImportProgress progress_;
  std::size_t under_way_ = 0;
  bool is_at_end_ = false;
  bool is_canceled_ = false;
  MonoTime resume_at_;
  MonoTime next_tell_;
};

}  // namespace

Result<ImportProgress> run_import(Api& api, Cancel& cancel, RowSource& source, Report& report,
                                  const ImportOptions& options) {
  return Import(api, cancel, source, report, options).run();
}

}  // namespace ff::cli
