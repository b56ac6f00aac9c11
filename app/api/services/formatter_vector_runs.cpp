#include "app/api/services/formatter_vector_runs.hpp"

#include <mutex>
#include <optional>
#include <vector>

#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/messages.hpp"

namespace ff::api {
namespace {

using farfield::v1::FormatterVector;
using farfield::v1::FormatterVectorResults;
namespace pb = ttn::lorawan::v3;

/// A reply that is nobody's answer.
template <class Response>
Reply<Response> captured(std::function<void(Result<Response>)> then) {
  auto response = std::make_shared<Response>();
  return {*response, [response, then = std::move(then)](const Status& status) {
            then(status ? Result<Response>(std::move(*response)) : fail(status.error()));
          }};
}

template <class Request>
Request request_of(const FormatterVectorRuns::Job& job, const ChosenFormatter& chosen) {
  Request request;
  *request.mutable_end_device_ids() = job.ids;
  *request.mutable_version_ids() = job.version_ids;
  request.set_formatter(chosen.formatter);
  request.set_parameter(chosen.parameter);
  return request;
}

}  // namespace

/// Under way; the last verdict ends it.
struct FormatterVectorRuns::Run {
  struct Outcome {
    bool not_run = false;
    std::optional<Error> error;
  };
  std::mutex mutex;
  std::vector<Outcome> outcomes;
  std::size_t missing = 0;
  std::function<void(const std::vector<Outcome>&)> then;

  void set(std::size_t index, Outcome outcome) {
    {
      const std::scoped_lock lock(mutex);
      outcomes[index] = std::move(outcome);
      if (--missing > 0) return;
    }
    then(outcomes);
  }
};

void FormatterVectorRuns::start(const Job& job, const std::shared_ptr<Run>& run) const {
  const auto count = job.vectors.vectors_size();
  run->outcomes.resize(static_cast<std::size_t>(count));
  run->missing = static_cast<std::size_t>(count);
  if (count == 0) return run->then(run->outcomes);
  for (int i = 0; i < count; ++i) {
    const auto& vector = job.vectors.vectors(i);
    const auto index = static_cast<std::size_t>(i);
    const auto chosen = formatter_for(vector, job.formatters);
    if (!chosen) {
      run->set(index, {.not_run = true, .error = {}});
      continue;
    }
    start(job, vector, *chosen, [run, index, vector](const auto& frame) {
      run->set(index, {false, verdict(vector, frame)});
    });
  }
}

template <class Judge>
void FormatterVectorRuns::start(const Job& job, const FormatterVector& vector,
                                const ChosenFormatter& chosen, Judge judge) const {
  const auto judge_downlink = [judge](const auto& answer) {
    judge(answer ? Result<pb::ApplicationDownlink>(answer->downlink()) : fail(answer.error()));
  };
  if (vector.function() == farfield::v1::DECODE_UPLINK) {
    auto request = request_of<pb::DecodeUplinkRequest>(job, chosen);
    request.mutable_uplink()->set_f_port(vector.encoded().f_port());
    request.mutable_uplink()->set_frm_payload(vector.encoded().frm_payload());
    const auto then = captured<pb::DecodeUplinkResponse>([judge](const auto& answer) {
      judge(answer ? Result<pb::ApplicationUplink>(answer->uplink()) : fail(answer.error()));
    });
    calls_.run(request, then);
  } else if (vector.function() == farfield::v1::ENCODE_DOWNLINK) {
    auto request = request_of<pb::EncodeDownlinkRequest>(job, chosen);
    request.mutable_downlink()->set_f_port(vector.encoded().f_port());
    *request.mutable_downlink()->mutable_decoded_payload() = vector.decoded().data();
    calls_.run(request, captured<pb::EncodeDownlinkResponse>(judge_downlink));
  } else {
    auto request = request_of<pb::DecodeDownlinkRequest>(job, chosen);
    request.mutable_downlink()->set_f_port(vector.encoded().f_port());
    request.mutable_downlink()->set_frm_payload(vector.encoded().frm_payload());
    calls_.run(request, captured<pb::DecodeDownlinkResponse>(judge_downlink));
  }
}

void FormatterVectorRuns::run(const Job& job,
                              std::function<void(FormatterVectorResults)> then) const {
  auto run = std::make_shared<Run>();
  run->then = [vectors = job.vectors, then = std::move(then)](const auto& outcomes) {
    FormatterVectorResults out;
    for (int i = 0; i < vectors.vectors_size(); ++i) {
      const auto& outcome = outcomes.at(static_cast<std::size_t>(i));
      auto& result = *out.add_results();
      result.set_name(vectors.vectors(i).name());
      result.set_not_run(outcome.not_run);
      if (outcome.error) put_error(*outcome.error, *result.mutable_error());
    }
    then(std::move(out));
  };
  start(job, run);
}

void FormatterVectorRuns::check(const Job& job, std::function<void(Status)> then) const {
  auto run = std::make_shared<Run>();
  run->then = [then = std::move(then)](const auto& outcomes) {
    for (const auto& outcome : outcomes) {
      if (outcome.error) return then(fail(*outcome.error));
    }
    then({});
  };
  start(job, run);
}

}  // namespace ff::api
