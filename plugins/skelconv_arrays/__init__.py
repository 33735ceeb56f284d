"""Arrays of all clips, as ST-GCN, 2s-AGCN, MS-G3D, CTR-GCN, InfoGCN and SGN train on them."""
