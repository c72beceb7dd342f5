# gnuplot -e "data='speed.dat'; picture='speed.svg'" speed.gnuplot
#
# A panel for each block of the data, bars from top to bottom: the name, the figure, whether it is ours, the title.
set terminal svg size 900,760 dynamic noenhanced font "sans-serif,14" background "#ffffff"
set output picture
set datafile separator whitespace
unset key
unset border
set tics scale 0
set style fill solid 1.0 noborder
set offsets 0, 0, 0, 0
set lmargin at screen 0.34
set rmargin at screen 0.90
label_of(value) = value == 0 ? "0" : value < 10 ? sprintf("%.2f", value) : value < 100 ? sprintf("%.1f", value) : sprintf("%.0f", value)
colour_of(is_ours) = is_ours == 1 ? 0xc7352b : 0x9aa5b1

array panel_bottom[3] = [0.57, 0.22, 0.03]
array panel_top[3] = [0.94, 0.48, 0.14]
array from[3] = [0.1, 0, 0]

set multiplot
do for [panel = 1:3] {
  set autoscale
  unset logscale
  stats data index panel - 1 using 2 nooutput name "BARS"
  stats data index panel - 1 using (title_of = strcol(4), 0) nooutput name "TITLE"
  set bmargin at screen panel_bottom[panel]
  set tmargin at screen panel_top[panel]
  set label 1 title_of at screen 0.02, screen panel_top[panel] + 0.025 left noenhanced font ",16"
  if (panel == 1) { set logscale x }
  set xrange [from[panel]:BARS_max * (panel == 1 ? 2 : 1.05)]
  set yrange [BARS_records - 0.4:-0.6]
  unset xtics
  plot data index panel - 1 using (from[panel]):0:(from[panel]):2:($0 - 0.36):($0 + 0.36):(colour_of($3)):ytic(1) with boxxyerror lc rgb variable, \
       "" index panel - 1 using 2:0:(label_of($2)) with labels left offset 0.5, 0
}
unset multiplot
