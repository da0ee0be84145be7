#!/bin/sh
# Makes shotput_simulated.csv: results of shot putters over 15 seasons, simulated. Run from the top of
# the tree after `make`; HMFM names another program, an argument another file.
#
# Six levels of performance, shared by all seasons. The athletes who stay are the better ones: weight
# moves from the lower levels to the higher as the seasons go by, and levels come and go. Women put a
# lighter shot, still some 2 metres less far, by a difference that changes from season to season.
set -eu
exec "${HMFM:-build/hmfm}" simulate \
  --sizes 101,101,101,101,96,86,74,65,53,41,30,23,16,11,8 \
  --repeats 3-15 \
  --factor Gender=M:0.55,W:0.45 \
  --components 15:0.35,16.2:0.3,17.5:0.25,18.8:0.3,20.2:0.3,21.8:0.35 \
  --weights \
34:36:22:8:0:0,\
28:36:24:11:1:0,\
22:34:27:14:3:0,\
16:32:29:17:5:1,\
12:28:31:20:7:2,\
8:24:32:24:9:3,\
5:20:32:28:11:4,\
3:16:31:32:13:5,\
0:12:30:36:16:6,\
0:8:28:40:18:6,\
0:5:25:43:21:6,\
0:0:22:46:26:6,\
0:0:20:48:32:0,\
0:0:15:50:35:0,\
0:0:10:50:40:0 \
  --beta=-2.3,-2.2,-2.2,-2.1,-2.1,-2,-2,-1.9,-1.9,-1.8,-1.8,-1.7,-1.7,-1.6,-1.6 \
  --columns SeasonNumber,ID,Result,Component \
  --decimals 2 --seed 15 --force \
  --output "${1:-data/shotput_simulated.csv}"
