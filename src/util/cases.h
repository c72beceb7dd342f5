// What a visitor of a variant is made of.
#pragma once

namespace bootcheck {

/// `std::visit(Cases{[](const A&) {...}, [](const B&) {...}}, variant)`
template <class... Each>
struct Cases : Each... {
  using Each::operator()...;
};
template <class... Each>
Cases(Each...) -> Cases<Each...>;

}  // namespace bootcheck
