//! One layer: attention, then a feed-forward net, each added to its input and normalised.

use crate::kernels::{Activations, LayerNorm, Linear, add, dot, gelu, softmax};

/// Weights of one layer.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) heads: usize,
    pub(crate) query: Linear,
    pub(crate) key: Linear,
    pub(crate) value: Linear,
    pub(crate) attended: Linear,
    pub(crate) attended_norm: LayerNorm,
    pub(crate) inner: Linear,
    pub(crate) outer: Linear,
    pub(crate) outer_norm: LayerNorm,
}

/// Buffers that all layers use, one after another.
#[derive(Default)]
pub(crate) struct Scratch {
    rounded: Activations,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    context: Vec<f32>,
    inner: Vec<f32>,
    output: Vec<f32>,
}

impl Layer {
    /// Takes and leaves `f32[tokens × width]`.
    pub(crate) fn apply(&self, file: &[u8], states: &mut [f32], scratch: &mut Scratch) {
        let Scratch {
            rounded,
            query,
            key,
            value,
            context,
            inner,
            output,
        } = scratch;
        rounded.round(states, self.query.inputs);
        self.query.apply(file, rounded, query);
        self.key.apply(file, rounded, key);
        self.value.apply(file, rounded, value);
        self.attend(query, key, value, context);
        rounded.round(context, self.attended.inputs);
        self.attended.apply(file, rounded, output);
        add(states, output);
        self.attended_norm.apply(states);

        rounded.round(states, self.inner.inputs);
        self.inner.apply(file, rounded, inner);
        gelu(inner);
        rounded.round(inner, self.outer.inputs);
        self.outer.apply(file, rounded, output);
        add(states, output);
        self.outer_norm.apply(states);
    }

    /// Multi-head attention of every token to every token.
    fn attend(&self, query: &[f32], key: &[f32], value: &[f32], context: &mut Vec<f32>) {
        let width = self.query.inputs;
        let size = width / self.heads;
        #[expect(clippy::cast_precision_loss, reason = "some tens")]
        let scale = 1.0 / (size as f32).sqrt();
        let of_head = |head, states| <[f32]>::chunks_exact(states, size).skip(head).step_by(self.heads);
        context.clear();
        context.resize(query.len(), 0.0);
        let mut weights = Vec::new();
        for (at, (query, context)) in query.chunks_exact(size).zip(context.chunks_exact_mut(size)).enumerate() {
            let head = at % self.heads;
            weights.clear();
            weights.extend(of_head(head, key).map(|key| dot(query, key) * scale));
            softmax(&mut weights);
            for (weight, value) in weights.iter().zip(of_head(head, value)) {
                context.iter_mut().zip(value).for_each(|(sum, value)| *sum += weight * value);
            }
        }
    }
}
