// Test vectors run on formatters, before these are saved and when somebody asks.
#pragma once

#include <functional>

#include "app/api/services/formatter_calls.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "farfield/v1/formatter_vectors.pb.h"

namespace ff::api {

class FormatterVectorRuns {
 public:
  explicit FormatterVectorRuns(FormatterCalls calls) : calls_(std::move(calls)) {}

  /// Vectors, the formatters they are for, and whose these are.
  struct Job {
    farfield::v1::FormatterVectors vectors;
    ttn::lorawan::v3::MessagePayloadFormatters formatters;
    ttn::lorawan::v3::EndDeviceIdentifiers ids;  // the application's id counts
    ttn::lorawan::v3::EndDeviceVersionIdentifiers version_ids;
  };

  /// One result per vector, in their order; calls back on any thread. Outlives its runs.
  void run(const Job& job, std::function<void(farfield::v1::FormatterVectorResults)> then) const;

  /// The first that is not as it should be is the error.
  void check(const Job& job, std::function<void(Status)> then) const;

 private:
  struct Run;
  void start(const Job& job, const std::shared_ptr<Run>& run) const;
  template <class Judge>
  void start(const Job& job, const farfield::v1::FormatterVector& vector,
             const ChosenFormatter& chosen, Judge judge) const;

  FormatterCalls calls_;
};

}  // namespace ff::api
