// The part of Boost.Process v2 that is not header-only, for the versions below 1.86
// (BOOST_PROCESS_V2_SEPARATE_COMPILATION); later ones have it in libboost_process or in their
// headers.
#include <boost/version.hpp>

#if BOOST_VERSION < 108600
#include <boost/asio/detail/throw_error.hpp>
#include <boost/process/v2/src.hpp>
#endif
