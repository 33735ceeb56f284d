"""RT-DETR and ViTPose through Hugging Face's transformers."""
