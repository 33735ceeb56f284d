# Videos to skeletons on a GPU, with RT-DETR and ViTPose:
#
#   docker build -t skelconv .
#   docker run --rm --gpus all --user "$(id -u):$(id -g)" -v "$PWD:/data" skelconv build video_folder_gpu
#
# PyTorch's wheels bring CUDA along; the host needs its driver and the NVIDIA Container Toolkit.
FROM python:3.12-slim AS wheel
RUN apt-get update && apt-get install -y --no-install-recommends gcc git libc6-dev
COPY . /src
RUN pip wheel --no-cache-dir --no-deps -w /wheels /src

FROM python:3.12-slim
COPY --from=wheel /wheels /wheels
RUN pip install --no-cache-dir "$(ls /wheels/*.whl)[transformers,video,remote,viz]" && rm -r /wheels
ENV SKELCONV_CACHE=/data/.skelconv-cache HOME=/tmp
WORKDIR /data
ENTRYPOINT ["skelconv"]
CMD ["doctor"]
